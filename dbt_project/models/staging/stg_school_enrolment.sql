{{ staged('school_enrolment', key=['person_key', 'term']) }}
