// Sharpens the reading of a module. Without it every check and every link works by its address.
