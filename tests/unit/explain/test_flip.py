from hypothesis import given
from hypothesis import strategies as st

from pipelines.explain.amounts import rounded_quotient
from pipelines.explain.flip import least_total


@given(st.integers(1, 10**7), st.integers(1, 20))
def test_least_total_is_the_first_that_reaches_the_figure(per_head, members):
    total = least_total(per_head, members)
    assert rounded_quotient(total, members) >= per_head
    assert rounded_quotient(total - 1, members) < per_head
