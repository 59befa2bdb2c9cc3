"""A sheet for one provider, without any other provider's data."""
