using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>One element: the form for processors without vectors, and for single values.</summary>
/// <typeparam name="T">float, double, byte, sbyte, int or long.</typeparam>
public readonly unsafe struct SimdScalar<T> : ISimd<SimdScalar<T>>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly T _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SimdScalar(T value) => _value = value;

    /// <summary>The element itself.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <summary>Wraps an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator SimdScalar<T>(T value) => new(value);

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static int ElementSize => sizeof(T);

    /// <inheritdoc/>
    public static bool IsFloat => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    /// <inheritdoc/>
    public static SimdScalar<T> Zero => T.Zero;

    /// <inheritdoc/>
    public static SimdScalar<T> One => T.One;

    /// <inheritdoc/>
    public static SimdScalar<T> AllBitsSet => FromBits(-1);

    /// <inheritdoc/>
    public static SimdScalar<T> MinValue => T.MinValue;

    /// <inheritdoc/>
    public static SimdScalar<T> MaxValue => T.MaxValue;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Constant(double value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)(float)value;
        if (typeof(T) == typeof(double))
            return (T)(object)value;
        return T.CreateSaturating(value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> FromBits(long bits)
    {
        if (sizeof(T) == 8)
            return Unsafe.BitCast<long, T>(bits);
        if (sizeof(T) == 4)
            return Unsafe.BitCast<int, T>((int)bits);
        return Unsafe.BitCast<sbyte, T>((sbyte)bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ToBits(SimdScalar<T> value)
    {
        if (sizeof(T) == 8)
            return Unsafe.BitCast<T, long>(value._value);
        if (sizeof(T) == 4)
            return Unsafe.BitCast<T, int>(value._value);
        return Unsafe.BitCast<T, sbyte>(value._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SimdScalar<T> Mask(bool condition) => FromBits(condition ? -1 : 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Load(void* source) => Unsafe.ReadUnaligned<T>(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Broadcast(void* source) => Unsafe.ReadUnaligned<T>(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(SimdScalar<T> value, void* target) => Unsafe.WriteUnaligned(target, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(SimdScalar<T> value, void* target) => *(T*)target = value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator +(SimdScalar<T> left, SimdScalar<T> right) => left._value + right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator -(SimdScalar<T> left, SimdScalar<T> right) => left._value - right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator *(SimdScalar<T> left, SimdScalar<T> right) => left._value * right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator /(SimdScalar<T> left, SimdScalar<T> right) =>
        IsFloat ? left._value / right._value : Lanes.Quotient(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator -(SimdScalar<T> value) => -value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator &(SimdScalar<T> left, SimdScalar<T> right) =>
        FromBits(ToBits(left) & ToBits(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator |(SimdScalar<T> left, SimdScalar<T> right) =>
        FromBits(ToBits(left) | ToBits(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator ^(SimdScalar<T> left, SimdScalar<T> right) =>
        FromBits(ToBits(left) ^ ToBits(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> operator ~(SimdScalar<T> value) => FromBits(~ToBits(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> MultiplyAdd(SimdScalar<T> x, SimdScalar<T> y, SimdScalar<T> z) =>
        T.MultiplyAddEstimate(x._value, y._value, z._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> FusedMultiplyAdd(SimdScalar<T> x, SimdScalar<T> y, SimdScalar<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            float sum = MathF.FusedMultiplyAdd(
                (float)(object)x._value,
                (float)(object)y._value,
                (float)(object)z._value
            );
            return (T)(object)sum;
        }

        if (typeof(T) == typeof(double))
        {
            double sum = Math.FusedMultiplyAdd(
                (double)(object)x._value,
                (double)(object)y._value,
                (double)(object)z._value
            );
            return (T)(object)sum;
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Abs(SimdScalar<T> value) =>
        IsFloat ? T.Abs(value._value)
        : value._value < T.Zero ? -value._value
        : value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Sqrt(SimdScalar<T> value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)MathF.Sqrt((float)(object)value._value);
        return Map<ScalarFunctions.Sqrt>(value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Min(SimdScalar<T> x, SimdScalar<T> y) => x._value < y._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Max(SimdScalar<T> x, SimdScalar<T> y) => x._value > y._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Floor(SimdScalar<T> value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)MathF.Floor((float)(object)value._value);
        if (typeof(T) == typeof(double))
            return (T)(object)Math.Floor((double)(object)value._value);
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Ceiling(SimdScalar<T> value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)MathF.Ceiling((float)(object)value._value);
        if (typeof(T) == typeof(double))
            return (T)(object)Math.Ceiling((double)(object)value._value);
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Truncate(SimdScalar<T> value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)MathF.Truncate((float)(object)value._value);
        if (typeof(T) == typeof(double))
            return (T)(object)Math.Truncate((double)(object)value._value);
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Round(SimdScalar<T> value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)MathF.Round((float)(object)value._value);
        if (typeof(T) == typeof(double))
            return (T)(object)Math.Round((double)(object)value._value);
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> CopySign(SimdScalar<T> magnitude, SimdScalar<T> sign)
    {
        if (IsFloat)
        {
            SimdScalar<T> bit = FromBits(sizeof(T) == 8 ? long.MinValue : int.MinValue);
            return (bit & sign) | (~bit & magnitude);
        }

        SimdScalar<T> positive = Abs(magnitude);
        return sign._value < T.Zero ? -positive : positive;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Equal(SimdScalar<T> left, SimdScalar<T> right) => Mask(left._value == right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> NotEqual(SimdScalar<T> left, SimdScalar<T> right) => Mask(left._value != right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Less(SimdScalar<T> left, SimdScalar<T> right) => Mask(left._value < right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> LessOrEqual(SimdScalar<T> left, SimdScalar<T> right) =>
        Mask(left._value <= right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Greater(SimdScalar<T> left, SimdScalar<T> right) => Mask(left._value > right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> GreaterOrEqual(SimdScalar<T> left, SimdScalar<T> right) =>
        Mask(left._value >= right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> IsNaN(SimdScalar<T> value) => Mask(T.IsNaN(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Select(SimdScalar<T> mask, SimdScalar<T> yes, SimdScalar<T> no) =>
        FromBits((ToBits(mask) & ToBits(yes)) | (~ToBits(mask) & ToBits(no)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(SimdScalar<T> mask) => ToBits(mask) < 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(SimdScalar<T> mask) => ToBits(mask) < 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> ShiftLeft(SimdScalar<T> value, int count) => FromBits(ToBits(value) << count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> ShiftRight(SimdScalar<T> value, int count)
    {
        if (sizeof(T) == 8)
            return FromBits(ToBits(value) >>> count);
        if (sizeof(T) == 4)
            return FromBits((uint)ToBits(value) >>> count);
        return FromBits((byte)ToBits(value) >>> count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> AddBits(SimdScalar<T> left, SimdScalar<T> right) =>
        FromBits(ToBits(left) + ToBits(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> SubtractBits(SimdScalar<T> left, SimdScalar<T> right) =>
        FromBits(ToBits(left) - ToBits(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Map<TFunction>(SimdScalar<T> value)
        where TFunction : struct, IScalarFunction =>
        T.CreateSaturating(TFunction.Invoke(double.CreateSaturating(value._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar<T> Map<TFunction>(SimdScalar<T> x, SimdScalar<T> y)
        where TFunction : struct, IScalarBinaryFunction =>
        T.CreateSaturating(TFunction.Invoke(double.CreateSaturating(x._value), double.CreateSaturating(y._value)));
}
