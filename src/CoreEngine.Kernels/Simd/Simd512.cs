using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>512 bits of elements.</summary>
/// <typeparam name="T">float, double, byte, sbyte, int or long.</typeparam>
public readonly unsafe struct Simd512<T> : ISimd<Simd512<T>>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly Vector512<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd512(Vector512<T> value) => _value = value;

    /// <summary>The register itself.</summary>
    public Vector512<T> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <summary>Wraps a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd512<T>(Vector512<T> value) => new(value);

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 512 / 8 / sizeof(T);
    }

    /// <inheritdoc/>
    public static int ElementSize
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(T);
    }

    /// <inheritdoc/>
    public static bool IsFloat
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float) || typeof(T) == typeof(double);
    }

    /// <inheritdoc/>
    public static Simd512<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.Zero;
    }

    /// <inheritdoc/>
    public static Simd512<T> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.One;
    }

    /// <inheritdoc/>
    public static Simd512<T> AllBitsSet
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.AllBitsSet;
    }

    /// <inheritdoc/>
    public static Simd512<T> MinValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(T.MinValue);
    }

    /// <inheritdoc/>
    public static Simd512<T> MaxValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(T.MaxValue);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Constant(double value)
    {
        if (typeof(T) == typeof(float))
            return Vector512.Create((float)value).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector512.Create(value).As<double, T>();
        return Vector512.Create(SimdScalar<T>.Constant(value).Value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> FromBits(long bits)
    {
        if (sizeof(T) == 8)
            return Vector512.Create(bits).As<long, T>();
        if (sizeof(T) == 4)
            return Vector512.Create((int)bits).As<int, T>();
        return Vector512.Create((sbyte)bits).As<sbyte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Load(void* source) => Vector512.Load((T*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Broadcast(void* source) => Vector512.Create(*(T*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd512<T> value, void* target) => value._value.Store((T*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(Simd512<T> value, void* target) =>
        value._value.StoreAlignedNonTemporal((T*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator +(Simd512<T> left, Simd512<T> right) => left._value + right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> left, Simd512<T> right) => left._value - right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator *(Simd512<T> left, Simd512<T> right) => left._value * right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator /(Simd512<T> left, Simd512<T> right) =>
        IsFloat ? left._value / right._value : Lanes.Divide<Simd512<T>, T>(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> value) => -value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator &(Simd512<T> left, Simd512<T> right) => left._value & right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator |(Simd512<T> left, Simd512<T> right) => left._value | right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator ^(Simd512<T> left, Simd512<T> right) => left._value ^ right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator ~(Simd512<T> value) => ~value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> MultiplyAdd(Simd512<T> x, Simd512<T> y, Simd512<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector512
                .MultiplyAddEstimate(x._value.AsSingle(), y._value.AsSingle(), z._value.AsSingle())
                .As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector512
                .MultiplyAddEstimate(x._value.AsDouble(), y._value.AsDouble(), z._value.AsDouble())
                .As<double, T>();
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> FusedMultiplyAdd(Simd512<T> x, Simd512<T> y, Simd512<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector512
                .FusedMultiplyAdd(x._value.AsSingle(), y._value.AsSingle(), z._value.AsSingle())
                .As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector512
                .FusedMultiplyAdd(x._value.AsDouble(), y._value.AsDouble(), z._value.AsDouble())
                .As<double, T>();
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Abs(Simd512<T> value) =>
        // In software the smallest integer would trap.
        IsFloat || Vector512.IsHardwareAccelerated
            ? Vector512.Abs(value._value)
            : Select(Less(value, Zero), -value, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Sqrt(Simd512<T> value) =>
        IsFloat ? Vector512.Sqrt(value._value) : Map<ScalarFunctions.Sqrt>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Min(Simd512<T> x, Simd512<T> y) =>
        !IsFloat ? Vector512.Min(x._value, y._value)
        : X86Base.IsSupported ? Vector512.MinNative(x._value, y._value)
        : Select(Less(x, y), x, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Max(Simd512<T> x, Simd512<T> y) =>
        !IsFloat ? Vector512.Max(x._value, y._value)
        : X86Base.IsSupported ? Vector512.MaxNative(x._value, y._value)
        : Select(Greater(x, y), x, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Floor(Simd512<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector512.Floor(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector512.Floor(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Ceiling(Simd512<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector512.Ceiling(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector512.Ceiling(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Truncate(Simd512<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector512.Truncate(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector512.Truncate(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Round(Simd512<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector512.Round(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector512.Round(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> CopySign(Simd512<T> magnitude, Simd512<T> sign)
    {
        if (typeof(T) == typeof(float))
        {
            Vector512<T> bit = Vector512.Create(-0.0f).As<float, T>();
            return Vector512.ConditionalSelect(bit, sign._value, magnitude._value);
        }

        if (typeof(T) == typeof(double))
        {
            Vector512<T> bit = Vector512.Create(-0.0).As<double, T>();
            return Vector512.ConditionalSelect(bit, sign._value, magnitude._value);
        }

        Simd512<T> positive = Abs(magnitude);
        return Select(Less(sign, Zero), -positive, positive);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Equal(Simd512<T> left, Simd512<T> right) => Vector512.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> NotEqual(Simd512<T> left, Simd512<T> right) =>
        ~Vector512.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Less(Simd512<T> left, Simd512<T> right) => Vector512.LessThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LessOrEqual(Simd512<T> left, Simd512<T> right) =>
        Vector512.LessThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Greater(Simd512<T> left, Simd512<T> right) =>
        Vector512.GreaterThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> GreaterOrEqual(Simd512<T> left, Simd512<T> right) =>
        Vector512.GreaterThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> IsNaN(Simd512<T> value) => Vector512.IsNaN(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Select(Simd512<T> mask, Simd512<T> yes, Simd512<T> no) =>
        Vector512.ConditionalSelect(mask._value, yes._value, no._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd512<T> mask) => mask._value.ExtractMostSignificantBits() != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Simd512<T> mask) => mask._value.ExtractMostSignificantBits() == (~0UL >> (64 - Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> ShiftLeft(Simd512<T> value, int count)
    {
        if (sizeof(T) == 8)
            return (value._value.AsInt64() << count).As<long, T>();
        if (sizeof(T) == 4)
            return (value._value.AsInt32() << count).As<int, T>();
        return (value._value.AsByte() << count).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> ShiftRight(Simd512<T> value, int count)
    {
        if (sizeof(T) == 8)
            return (value._value.AsInt64() >>> count).As<long, T>();
        if (sizeof(T) == 4)
            return (value._value.AsInt32() >>> count).As<int, T>();
        return (value._value.AsByte() >>> count).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> AddBits(Simd512<T> left, Simd512<T> right)
    {
        if (sizeof(T) == 8)
            return (left._value.AsInt64() + right._value.AsInt64()).As<long, T>();
        if (sizeof(T) == 4)
            return (left._value.AsInt32() + right._value.AsInt32()).As<int, T>();
        return (left._value.AsByte() + right._value.AsByte()).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> SubtractBits(Simd512<T> left, Simd512<T> right)
    {
        if (sizeof(T) == 8)
            return (left._value.AsInt64() - right._value.AsInt64()).As<long, T>();
        if (sizeof(T) == 4)
            return (left._value.AsInt32() - right._value.AsInt32()).As<int, T>();
        return (left._value.AsByte() - right._value.AsByte()).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Map<TFunction>(Simd512<T> value)
        where TFunction : struct, IScalarFunction => Lanes.Map<Simd512<T>, T, TFunction>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Map<TFunction>(Simd512<T> x, Simd512<T> y)
        where TFunction : struct, IScalarBinaryFunction => Lanes.Map<Simd512<T>, T, TFunction>(x, y);
}
