#ifndef COREENGINE_PROCESSOR_H_
#define COREENGINE_PROCESSOR_H_

/*
 * The highest level of the x86-64 psABI (1 to 4) all of whose instructions the processor has and the operating system
 * saves the registers of.
 */
int coreengine_processor_level(void);

#endif
