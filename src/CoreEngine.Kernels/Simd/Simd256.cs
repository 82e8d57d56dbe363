using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>256 bits of elements.</summary>
/// <typeparam name="T">float, double, byte, sbyte, int or long.</typeparam>
public readonly unsafe struct Simd256<T> : ISimd<Simd256<T>>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly Vector256<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd256(Vector256<T> value) => _value = value;

    /// <summary>The register itself.</summary>
    public Vector256<T> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <summary>Wraps a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd256<T>(Vector256<T> value) => new(value);

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 256 / 8 / sizeof(T);
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
    public static Simd256<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.Zero;
    }

    /// <inheritdoc/>
    public static Simd256<T> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.One;
    }

    /// <inheritdoc/>
    public static Simd256<T> AllBitsSet
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.AllBitsSet;
    }

    /// <inheritdoc/>
    public static Simd256<T> MinValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(T.MinValue);
    }

    /// <inheritdoc/>
    public static Simd256<T> MaxValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(T.MaxValue);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Constant(double value)
    {
        if (typeof(T) == typeof(float))
            return Vector256.Create((float)value).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector256.Create(value).As<double, T>();
        return Vector256.Create(SimdScalar<T>.Constant(value).Value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> FromBits(long bits)
    {
        if (sizeof(T) == 8)
            return Vector256.Create(bits).As<long, T>();
        if (sizeof(T) == 4)
            return Vector256.Create((int)bits).As<int, T>();
        return Vector256.Create((sbyte)bits).As<sbyte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Load(void* source) => Vector256.Load((T*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Broadcast(void* source) => Vector256.Create(*(T*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256<T> value, void* target) => value._value.Store((T*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(Simd256<T> value, void* target) =>
        value._value.StoreAlignedNonTemporal((T*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator +(Simd256<T> left, Simd256<T> right) => left._value + right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> left, Simd256<T> right) => left._value - right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator *(Simd256<T> left, Simd256<T> right) => left._value * right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator /(Simd256<T> left, Simd256<T> right) =>
        IsFloat ? left._value / right._value : Lanes.Divide<Simd256<T>, T>(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> value) => -value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator &(Simd256<T> left, Simd256<T> right) => left._value & right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator |(Simd256<T> left, Simd256<T> right) => left._value | right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator ^(Simd256<T> left, Simd256<T> right) => left._value ^ right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator ~(Simd256<T> value) => ~value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> MultiplyAdd(Simd256<T> x, Simd256<T> y, Simd256<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector256
                .MultiplyAddEstimate(x._value.AsSingle(), y._value.AsSingle(), z._value.AsSingle())
                .As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector256
                .MultiplyAddEstimate(x._value.AsDouble(), y._value.AsDouble(), z._value.AsDouble())
                .As<double, T>();
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> FusedMultiplyAdd(Simd256<T> x, Simd256<T> y, Simd256<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector256
                .FusedMultiplyAdd(x._value.AsSingle(), y._value.AsSingle(), z._value.AsSingle())
                .As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector256
                .FusedMultiplyAdd(x._value.AsDouble(), y._value.AsDouble(), z._value.AsDouble())
                .As<double, T>();
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Abs(Simd256<T> value) =>
        // In software the smallest integer would trap.
        IsFloat || Vector256.IsHardwareAccelerated
            ? Vector256.Abs(value._value)
            : Select(Less(value, Zero), -value, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Sqrt(Simd256<T> value) =>
        IsFloat ? Vector256.Sqrt(value._value) : Map<ScalarFunctions.Sqrt>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Min(Simd256<T> x, Simd256<T> y) =>
        !IsFloat ? Vector256.Min(x._value, y._value)
        : X86Base.IsSupported ? Vector256.MinNative(x._value, y._value)
        : Select(Less(x, y), x, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Max(Simd256<T> x, Simd256<T> y) =>
        !IsFloat ? Vector256.Max(x._value, y._value)
        : X86Base.IsSupported ? Vector256.MaxNative(x._value, y._value)
        : Select(Greater(x, y), x, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Floor(Simd256<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector256.Floor(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector256.Floor(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Ceiling(Simd256<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector256.Ceiling(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector256.Ceiling(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Truncate(Simd256<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector256.Truncate(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector256.Truncate(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Round(Simd256<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector256.Round(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector256.Round(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> CopySign(Simd256<T> magnitude, Simd256<T> sign)
    {
        if (typeof(T) == typeof(float))
        {
            Vector256<T> bit = Vector256.Create(-0.0f).As<float, T>();
            return Vector256.ConditionalSelect(bit, sign._value, magnitude._value);
        }

        if (typeof(T) == typeof(double))
        {
            Vector256<T> bit = Vector256.Create(-0.0).As<double, T>();
            return Vector256.ConditionalSelect(bit, sign._value, magnitude._value);
        }

        Simd256<T> positive = Abs(magnitude);
        return Select(Less(sign, Zero), -positive, positive);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Equal(Simd256<T> left, Simd256<T> right) => Vector256.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> NotEqual(Simd256<T> left, Simd256<T> right) =>
        ~Vector256.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Less(Simd256<T> left, Simd256<T> right) => Vector256.LessThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> LessOrEqual(Simd256<T> left, Simd256<T> right) =>
        Vector256.LessThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Greater(Simd256<T> left, Simd256<T> right) =>
        Vector256.GreaterThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> GreaterOrEqual(Simd256<T> left, Simd256<T> right) =>
        Vector256.GreaterThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> IsNaN(Simd256<T> value) => Vector256.IsNaN(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Select(Simd256<T> mask, Simd256<T> yes, Simd256<T> no) =>
        Vector256.ConditionalSelect(mask._value, yes._value, no._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd256<T> mask) => mask._value.ExtractMostSignificantBits() != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Simd256<T> mask) => mask._value.ExtractMostSignificantBits() == (~0U >> (32 - Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> ShiftLeft(Simd256<T> value, int count)
    {
        if (sizeof(T) == 8)
            return (value._value.AsInt64() << count).As<long, T>();
        if (sizeof(T) == 4)
            return (value._value.AsInt32() << count).As<int, T>();
        return (value._value.AsByte() << count).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> ShiftRight(Simd256<T> value, int count)
    {
        if (sizeof(T) == 8)
            return (value._value.AsInt64() >>> count).As<long, T>();
        if (sizeof(T) == 4)
            return (value._value.AsInt32() >>> count).As<int, T>();
        return (value._value.AsByte() >>> count).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> AddBits(Simd256<T> left, Simd256<T> right)
    {
        if (sizeof(T) == 8)
            return (left._value.AsInt64() + right._value.AsInt64()).As<long, T>();
        if (sizeof(T) == 4)
            return (left._value.AsInt32() + right._value.AsInt32()).As<int, T>();
        return (left._value.AsByte() + right._value.AsByte()).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> SubtractBits(Simd256<T> left, Simd256<T> right)
    {
        if (sizeof(T) == 8)
            return (left._value.AsInt64() - right._value.AsInt64()).As<long, T>();
        if (sizeof(T) == 4)
            return (left._value.AsInt32() - right._value.AsInt32()).As<int, T>();
        return (left._value.AsByte() - right._value.AsByte()).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Map<TFunction>(Simd256<T> value)
        where TFunction : struct, IScalarFunction => Lanes.Map<Simd256<T>, T, TFunction>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Map<TFunction>(Simd256<T> x, Simd256<T> y)
        where TFunction : struct, IScalarBinaryFunction => Lanes.Map<Simd256<T>, T, TFunction>(x, y);
}
