"""The same night with other policy values, beside the one that stands: who would enter, who would leave, at what cost."""
