/* The plain loop: instant-runoff over packed keys, every ballot looked at in every round. Ties fall to the later option.
   A key holds twelve ranks of 5 bits, the first uppermost: 0 no more marks, 1 to 30 an option, 31 a skipped rank.
   `votes` takes a row of 32 tallies for each round (row 0 of a row: the exhausted); returns the number of rounds. */

#include <stdint.h>
#include <string.h>

int irv(const uint64_t *keys, const int64_t *counts, int64_t size, int options, int64_t *votes)
{
    int continuing[32] = {0};
    for (int option = 1; option <= options; option++)
        continuing[option] = 1;
    for (int round = 0;; round++) {
        int64_t *tally = votes + 32 * round;
        memset(tally, 0, 32 * sizeof *tally);
        for (int64_t entry = 0; entry < size; entry++) {
            int target = 0;
            for (int low = 55; low >= 0; low -= 5) {
                int digit = (int)(keys[entry] >> low & 31);
                if (digit == 0 || continuing[digit]) {
                    target = digit;
                    break;
                }
            }
            tally[target] += counts[entry];
        }
        int64_t active = 0;
        int least = 0, most = 0, left = 0;
        for (int option = 1; option <= options; option++) {
            if (!continuing[option])
                continue;
            left++;
            active += tally[option];
            if (!least || tally[option] <= tally[least])
                least = option;
            if (!most || tally[option] > tally[most])
                most = option;
        }
        if (left <= 2 || 2 * tally[most] > active)
            return round + 1;
        continuing[least] = 0;
    }
}
