#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/// How many blocks of memory this process has asked for since it began.
unsigned long allocations(void);

#endif
