"""Who a person is, how the house knows it, and what she may do."""
