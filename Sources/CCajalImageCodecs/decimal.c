#include "decimal.h"

#include <math.h>
#include <stdbool.h>

static bool is_digit(char character) { return character >= '0' && character <= '9'; }

double cajal_decimal(const char *text) {
  double value = 0;
  int exponent = 0;
  while (*text == ' ') text++;
  for (; is_digit(*text); text++) value = 10 * value + (*text - '0');
  if (*text == '.') {
    for (text++; is_digit(*text); text++, exponent--) value = 10 * value + (*text - '0');
  }
  if (*text == 'e' || *text == 'E') {
    bool is_negative = text[1] == '-';
    text += text[1] == '-' || text[1] == '+' ? 2 : 1;
    int power = 0;
    for (; is_digit(*text) && power < 1000; text++) power = 10 * power + (*text - '0');
    exponent += is_negative ? -power : power;
  }
  // A division by a power of ten is exact where a multiplication by its inverse is not.
  return exponent < 0 ? value / pow(10, -exponent) : value * pow(10, exponent);
}
