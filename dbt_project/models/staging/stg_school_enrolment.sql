{{ staged('school_enrolment') }}
