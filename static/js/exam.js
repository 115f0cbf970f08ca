// Sharpens the exam. Without it the form is saved as a whole by its buttons.
