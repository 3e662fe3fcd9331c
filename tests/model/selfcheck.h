/* The model against the RFC's figures and a kernel's behaviour, before it may judge anybody. */
#ifndef MODEL_SELFCHECK_H
#define MODEL_SELFCHECK_H

#include <stdbool.h>

/* Plays every scenario; names on stderr the step that goes otherwise than it must. */
bool selfcheck_run(void);

#endif
