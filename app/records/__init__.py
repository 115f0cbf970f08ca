"""Records: what is gathered from every floor below into one file to hand over."""
