#pragma once

/// The number at the start of a text, with a point whatever the locale; 0 where there is none.
double cajal_decimal(const char *text);
