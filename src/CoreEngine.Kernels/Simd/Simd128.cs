using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>128 bits of elements.</summary>
/// <typeparam name="T">float, double, byte, sbyte, int or long.</typeparam>
public readonly unsafe struct Simd128<T> : ISimd<Simd128<T>>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly Vector128<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd128(Vector128<T> value) => _value = value;

    /// <summary>The register itself.</summary>
    public Vector128<T> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <summary>Wraps a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd128<T>(Vector128<T> value) => new(value);

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 128 / 8 / sizeof(T);
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
    public static Simd128<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Zero;
    }

    /// <inheritdoc/>
    public static Simd128<T> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.One;
    }

    /// <inheritdoc/>
    public static Simd128<T> AllBitsSet
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.AllBitsSet;
    }

    /// <inheritdoc/>
    public static Simd128<T> MinValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(T.MinValue);
    }

    /// <inheritdoc/>
    public static Simd128<T> MaxValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(T.MaxValue);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Constant(double value)
    {
        if (typeof(T) == typeof(float))
            return Vector128.Create((float)value).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector128.Create(value).As<double, T>();
        return Vector128.Create(SimdScalar<T>.Constant(value).Value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> FromBits(long bits)
    {
        if (sizeof(T) == 8)
            return Vector128.Create(bits).As<long, T>();
        if (sizeof(T) == 4)
            return Vector128.Create((int)bits).As<int, T>();
        return Vector128.Create((sbyte)bits).As<sbyte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(void* source) => Vector128.Load((T*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Broadcast(void* source) => Vector128.Create(*(T*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd128<T> value, void* target) => value._value.Store((T*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(Simd128<T> value, void* target) =>
        value._value.StoreAlignedNonTemporal((T*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator +(Simd128<T> left, Simd128<T> right) => left._value + right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> left, Simd128<T> right) => left._value - right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator *(Simd128<T> left, Simd128<T> right) => left._value * right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator /(Simd128<T> left, Simd128<T> right) =>
        IsFloat ? left._value / right._value : Lanes.Divide<Simd128<T>, T>(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> value) => -value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator &(Simd128<T> left, Simd128<T> right) => left._value & right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator |(Simd128<T> left, Simd128<T> right) => left._value | right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator ^(Simd128<T> left, Simd128<T> right) => left._value ^ right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator ~(Simd128<T> value) => ~value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> MultiplyAdd(Simd128<T> x, Simd128<T> y, Simd128<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector128
                .MultiplyAddEstimate(x._value.AsSingle(), y._value.AsSingle(), z._value.AsSingle())
                .As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector128
                .MultiplyAddEstimate(x._value.AsDouble(), y._value.AsDouble(), z._value.AsDouble())
                .As<double, T>();
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> FusedMultiplyAdd(Simd128<T> x, Simd128<T> y, Simd128<T> z)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector128
                .FusedMultiplyAdd(x._value.AsSingle(), y._value.AsSingle(), z._value.AsSingle())
                .As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector128
                .FusedMultiplyAdd(x._value.AsDouble(), y._value.AsDouble(), z._value.AsDouble())
                .As<double, T>();
        }

        return (x._value * y._value) + z._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Abs(Simd128<T> value) =>
        // In software the smallest integer would trap.
        IsFloat || Vector128.IsHardwareAccelerated
            ? Vector128.Abs(value._value)
            : Select(Less(value, Zero), -value, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Sqrt(Simd128<T> value) =>
        IsFloat ? Vector128.Sqrt(value._value) : Map<ScalarFunctions.Sqrt>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Min(Simd128<T> x, Simd128<T> y) =>
        !IsFloat ? Vector128.Min(x._value, y._value)
        : X86Base.IsSupported ? Vector128.MinNative(x._value, y._value)
        : Select(Less(x, y), x, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Max(Simd128<T> x, Simd128<T> y) =>
        !IsFloat ? Vector128.Max(x._value, y._value)
        : X86Base.IsSupported ? Vector128.MaxNative(x._value, y._value)
        : Select(Greater(x, y), x, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Floor(Simd128<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector128.Floor(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector128.Floor(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Ceiling(Simd128<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector128.Ceiling(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector128.Ceiling(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Truncate(Simd128<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector128.Truncate(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector128.Truncate(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Round(Simd128<T> value)
    {
        if (typeof(T) == typeof(float))
            return Vector128.Round(value._value.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector128.Round(value._value.AsDouble()).As<double, T>();
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> CopySign(Simd128<T> magnitude, Simd128<T> sign)
    {
        if (typeof(T) == typeof(float))
        {
            Vector128<T> bit = Vector128.Create(-0.0f).As<float, T>();
            return Vector128.ConditionalSelect(bit, sign._value, magnitude._value);
        }

        if (typeof(T) == typeof(double))
        {
            Vector128<T> bit = Vector128.Create(-0.0).As<double, T>();
            return Vector128.ConditionalSelect(bit, sign._value, magnitude._value);
        }

        Simd128<T> positive = Abs(magnitude);
        return Select(Less(sign, Zero), -positive, positive);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Equal(Simd128<T> left, Simd128<T> right) => Vector128.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> NotEqual(Simd128<T> left, Simd128<T> right) =>
        ~Vector128.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Less(Simd128<T> left, Simd128<T> right) => Vector128.LessThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LessOrEqual(Simd128<T> left, Simd128<T> right) =>
        Vector128.LessThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Greater(Simd128<T> left, Simd128<T> right) =>
        Vector128.GreaterThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> GreaterOrEqual(Simd128<T> left, Simd128<T> right) =>
        Vector128.GreaterThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> IsNaN(Simd128<T> value) => Vector128.IsNaN(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Select(Simd128<T> mask, Simd128<T> yes, Simd128<T> no) =>
        Vector128.ConditionalSelect(mask._value, yes._value, no._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd128<T> mask) => mask._value.ExtractMostSignificantBits() != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Simd128<T> mask) => mask._value.ExtractMostSignificantBits() == (~0U >> (32 - Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ShiftLeft(Simd128<T> value, int count)
    {
        if (sizeof(T) == 8)
            return (value._value.AsInt64() << count).As<long, T>();
        if (sizeof(T) == 4)
            return (value._value.AsInt32() << count).As<int, T>();
        return (value._value.AsByte() << count).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ShiftRight(Simd128<T> value, int count)
    {
        if (sizeof(T) == 8)
            return (value._value.AsInt64() >>> count).As<long, T>();
        if (sizeof(T) == 4)
            return (value._value.AsInt32() >>> count).As<int, T>();
        return (value._value.AsByte() >>> count).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AddBits(Simd128<T> left, Simd128<T> right)
    {
        if (sizeof(T) == 8)
            return (left._value.AsInt64() + right._value.AsInt64()).As<long, T>();
        if (sizeof(T) == 4)
            return (left._value.AsInt32() + right._value.AsInt32()).As<int, T>();
        return (left._value.AsByte() + right._value.AsByte()).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> SubtractBits(Simd128<T> left, Simd128<T> right)
    {
        if (sizeof(T) == 8)
            return (left._value.AsInt64() - right._value.AsInt64()).As<long, T>();
        if (sizeof(T) == 4)
            return (left._value.AsInt32() - right._value.AsInt32()).As<int, T>();
        return (left._value.AsByte() - right._value.AsByte()).As<byte, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Map<TFunction>(Simd128<T> value)
        where TFunction : struct, IScalarFunction => Lanes.Map<Simd128<T>, T, TFunction>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Map<TFunction>(Simd128<T> x, Simd128<T> y)
        where TFunction : struct, IScalarBinaryFunction => Lanes.Map<Simd128<T>, T, TFunction>(x, y);
}
