#include "processor.h"

#include <cpuid.h>
#include <stdint.h>

/* Bits as in Intel's manual, volume 2, CPUID; the sets of the levels as in the x86-64 psABI, section 3.1.1. */
enum
{
    LEAF1_ECX_V2 = 1 << 0 | 1 << 9 | 1 << 13 | 1 << 19 | 1 << 20 | 1 << 23, /* SSE3 SSSE3 CX16 SSE4.1 SSE4.2 POPCNT */
    LEAF1_ECX_V3 = 1 << 12 | 1 << 22 | 1 << 27 | 1 << 28 | 1 << 29,         /* FMA MOVBE OSXSAVE AVX F16C */
    EXTENDED_ECX_V2 = 1 << 0,                                               /* LAHF */
    EXTENDED_ECX_V3 = 1 << 5,                                               /* LZCNT */
    LEAF7_EBX_V3 = 1 << 3 | 1 << 5 | 1 << 8,                                /* BMI1 AVX2 BMI2 */
};
static const uint32_t s_leaf7_ebx_v4 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31; /* AVX-512 F DQ CD BW VL */

/* What the operating system saves when it switches threads: XMM and YMM; also opmask and both halves of ZMM. */
static const uint64_t s_saves_avx = 0x6, s_saves_avx512 = 0xe6;

static int all(uint32_t bits, uint32_t wanted)
{
    return (bits & wanted) == wanted;
}

static uint64_t saved_state(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

int coreengine_processor_level(void)
{
    uint32_t a, b, c, d, extended_c = 0, leaf7_b = 0;
    if (__get_cpuid(0x80000001u, &a, &b, &c, &d))
    {
        extended_c = c;
    }

    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
    {
        leaf7_b = b;
    }

    if (!__get_cpuid(1, &a, &b, &c, &d) || !all(c, LEAF1_ECX_V2) || !all(extended_c, EXTENDED_ECX_V2))
    {
        return 1;
    }

    if (!all(c, LEAF1_ECX_V3) || !all(extended_c, EXTENDED_ECX_V3) || !all(leaf7_b, LEAF7_EBX_V3))
    {
        return 2;
    }

    uint64_t saved = saved_state();
    if ((saved & s_saves_avx) != s_saves_avx)
    {
        return 2;
    }

    return all(leaf7_b, s_leaf7_ebx_v4) && (saved & s_saves_avx512) == s_saves_avx512 ? 4 : 3;
}
