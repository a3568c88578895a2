{{ staged('medical_settlement', key=['settlement_no']) }}
