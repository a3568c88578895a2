"""The county's pages: who may log in, what they may see, and the pages themselves, over what is published."""
