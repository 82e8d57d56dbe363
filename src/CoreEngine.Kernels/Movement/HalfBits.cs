using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Half precision from and to float32 by integer arithmetic, eight at a time.</summary>
internal static class HalfBits
{
    /// <summary>Halves in the low 16 bits of each lane, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> ToSingle(Vector256<uint> half)
    {
        // Exponent and mantissa move to their places; a power of two then makes up for the exponents' biases, which also
        // normalises what was below the normal numbers.
        Vector256<uint> magnitude = (half & Vector256.Create(0x7FFFu)) << 13;
        Vector256<uint> sign = (half & Vector256.Create(0x8000u)) << 16;
        Vector256<float> scaled = magnitude.AsSingle() * Vector256.Create(0x77800000u).AsSingle();
        Vector256<int> special = Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x0F7FFFFF));
        Vector256<uint> exponent = special.AsUInt32() & Vector256.Create(0x7F800000u);
        return (scaled.AsUInt32() | exponent | sign).AsSingle();
    }

    /// <summary>Halves in the low 16 bits of each lane, rounded to nearest even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> FromSingle(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> sign = bits & Vector256.Create(0x80000000u);
        Vector256<int> magnitude = (bits ^ sign).AsInt32();

        // Normal numbers: move the bias, and round by adding just under a half, or a half where the last bit is odd.
        Vector256<int> odd = (magnitude >>> 13) & Vector256<int>.One;
        Vector256<int> normal = (magnitude + Vector256.Create(unchecked((int)0xC8000FFF)) + odd) >>> 13;

        // Below them: the floating-point addition of a power of two shifts and rounds the mantissa.
        Vector256<float> magic = Vector256.Create(0x3F000000).AsSingle();
        Vector256<int> small = (magnitude.AsSingle() + magic).AsInt32() - Vector256.Create(0x3F000000);

        Vector256<int> isNaN = Vector256.GreaterThan(magnitude, Vector256.Create(0x7F800000));
        Vector256<int> large = Vector256.Create(0x7C00) | (isNaN & Vector256.Create(0x0200));
        Vector256<int> isSmall = Vector256.LessThan(magnitude, Vector256.Create(0x38800000));
        Vector256<int> isLarge = Vector256.GreaterThan(magnitude, Vector256.Create(0x477FFFFF));
        Vector256<int> result = Vector256.ConditionalSelect(isSmall, small, normal);
        result = Vector256.ConditionalSelect(isLarge, large, result);
        return result.AsUInt32() | (sign >>> 16);
    }
}
