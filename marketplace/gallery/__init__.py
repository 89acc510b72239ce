"""Every component on one page, for those who build; not served in production."""
