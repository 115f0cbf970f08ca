// Suggests the time zone of this browser where none was chosen yet. What she chose herself is left alone.

const select = document.getElementById("field-time_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (select?.value === "" && [...select.options].some((option) => option.value === here)) select.value = here;
