namespace CoreEngine.Kernels;

/// <summary>
/// A group of elements of one type that one instruction handles at once. An operator's body is written once against
/// this interface and runs on 512, 256 and 128 bits and on single elements, for every element type.
/// </summary>
/// <remarks>
/// Rules that every implementation keeps, so that a result never depends on the width or on an element's place:
/// <list type="bullet">
/// <item>Each lane is computed from the same lanes of the arguments alone.</item>
/// <item>A comparison gives a mask: all bits of a lane set where it holds, clear where not. <see cref="Select"/>,
/// <c>&amp;</c>, <c>|</c> and <c>~</c> take masks.</item>
/// <item>Integers wrap. Integer division truncates; a quotient by zero is 0. Functions that only make sense for fractions
/// (square root and so on) are computed in float64 and truncated.</item>
/// </list>
/// </remarks>
/// <typeparam name="V">The implementing type itself.</typeparam>
public unsafe interface ISimd<V>
    where V : struct, ISimd<V>
{
    /// <summary>Number of lanes.</summary>
    public static abstract int Count { get; }

    /// <summary>Size of one lane in bytes. Constant for the compiler: a test of it costs nothing.</summary>
    public static abstract int ElementSize { get; }

    /// <summary>True for float32 and float64. Constant for the compiler.</summary>
    public static abstract bool IsFloat { get; }

    /// <summary>0 in every lane.</summary>
    public static abstract V Zero { get; }

    /// <summary>1 in every lane.</summary>
    public static abstract V One { get; }

    /// <summary>The mask that holds everywhere.</summary>
    public static abstract V AllBitsSet { get; }

    /// <summary>The smallest finite value of the element type.</summary>
    public static abstract V MinValue { get; }

    /// <summary>The largest finite value of the element type.</summary>
    public static abstract V MaxValue { get; }

    /// <summary>The value in every lane, rounded to the element type (integers truncate and saturate).</summary>
    public static abstract V Constant(double value);

    /// <summary>The low bits of a pattern in every lane: the raw form of a constant.</summary>
    public static abstract V FromBits(long bits);

    /// <summary>Reads <see cref="Count"/> elements; no alignment is needed.</summary>
    public static abstract V Load(void* source);

    /// <summary>Reads one element into every lane.</summary>
    public static abstract V Broadcast(void* source);

    /// <summary>Writes <see cref="Count"/> elements; no alignment is needed.</summary>
    public static abstract void Store(V value, void* target);

    /// <summary>
    /// Writes <see cref="Count"/> elements past the caches. The target must be aligned to the size of the vector, and a fence
    /// must follow before another thread reads it.
    /// </summary>
    public static abstract void StoreStreaming(V value, void* target);

    /// <summary>The sum of each lane.</summary>
    public static abstract V operator +(V left, V right);

    /// <summary>The difference of each lane.</summary>
    public static abstract V operator -(V left, V right);

    /// <summary>The product of each lane.</summary>
    public static abstract V operator *(V left, V right);

    /// <summary>The quotient of each lane.</summary>
    public static abstract V operator /(V left, V right);

    /// <summary>Each lane with its sign changed.</summary>
    public static abstract V operator -(V value);

    /// <summary>The bits of both.</summary>
    public static abstract V operator &(V left, V right);

    /// <summary>The bits of either.</summary>
    public static abstract V operator |(V left, V right);

    /// <summary>The bits of exactly one.</summary>
    public static abstract V operator ^(V left, V right);

    /// <summary>The bits inverted.</summary>
    public static abstract V operator ~(V value);

    /// <summary><c>x * y + z</c>, with one rounding where the processor has such an instruction, else with two.</summary>
    public static abstract V MultiplyAdd(V x, V y, V z);

    /// <summary><c>x * y + z</c> with one rounding everywhere; slow where the processor lacks the instruction.</summary>
    public static abstract V FusedMultiplyAdd(V x, V y, V z);

    /// <summary>The magnitude; the most negative integer stays as it is.</summary>
    public static abstract V Abs(V value);

    /// <summary>The square root, correctly rounded.</summary>
    public static abstract V Sqrt(V value);

    /// <summary><c>x &lt; y ? x : y</c>: when either is NaN, and for zeros of both signs, the result is <paramref name="y"/>.</summary>
    public static abstract V Min(V x, V y);

    /// <summary><c>x &gt; y ? x : y</c>: when either is NaN, and for zeros of both signs, the result is <paramref name="y"/>.</summary>
    public static abstract V Max(V x, V y);

    /// <summary>Rounds towards minus infinity.</summary>
    public static abstract V Floor(V value);

    /// <summary>Rounds towards plus infinity.</summary>
    public static abstract V Ceiling(V value);

    /// <summary>Rounds towards zero.</summary>
    public static abstract V Truncate(V value);

    /// <summary>Rounds to nearest, ties to even.</summary>
    public static abstract V Round(V value);

    /// <summary>The magnitude of the first with the sign bit of the second (for integers: with its sign).</summary>
    public static abstract V CopySign(V magnitude, V sign);

    /// <summary>The mask of equal lanes.</summary>
    public static abstract V Equal(V left, V right);

    /// <summary>The mask of unequal lanes; NaN is unequal to everything.</summary>
    public static abstract V NotEqual(V left, V right);

    /// <summary>The mask of lanes where left is less.</summary>
    public static abstract V Less(V left, V right);

    /// <summary>The mask of lanes where left is less or equal.</summary>
    public static abstract V LessOrEqual(V left, V right);

    /// <summary>The mask of lanes where left is greater.</summary>
    public static abstract V Greater(V left, V right);

    /// <summary>The mask of lanes where left is greater or equal.</summary>
    public static abstract V GreaterOrEqual(V left, V right);

    /// <summary>The mask of lanes that are no number; never set for integers.</summary>
    public static abstract V IsNaN(V value);

    /// <summary>Lanes of <paramref name="yes"/> where the mask is set, else of <paramref name="no"/>.</summary>
    public static abstract V Select(V mask, V yes, V no);

    /// <summary>True when the mask is set in some lane.</summary>
    public static abstract bool Any(V mask);

    /// <summary>True when the mask is set in every lane.</summary>
    public static abstract bool All(V mask);

    /// <summary>Shifts the bits of each lane towards the high end.</summary>
    public static abstract V ShiftLeft(V value, int count);

    /// <summary>Shifts the bits of each lane towards the low end, filling with zeros.</summary>
    public static abstract V ShiftRight(V value, int count);

    /// <summary>Adds the lanes as integers of the same size, whatever the element type.</summary>
    public static abstract V AddBits(V left, V right);

    /// <summary>Subtracts the lanes as integers of the same size, whatever the element type.</summary>
    public static abstract V SubtractBits(V left, V right);

    /// <summary>Applies a float64 function to each lane, one after the other.</summary>
    public static abstract V Map<TFunction>(V value)
        where TFunction : struct, IScalarFunction;

    /// <summary>Applies a float64 function of two arguments to each lane, one after the other.</summary>
    public static abstract V Map<TFunction>(V x, V y)
        where TFunction : struct, IScalarBinaryFunction;
}

/// <summary>A function of one float64, for what has no vector form.</summary>
public interface IScalarFunction
{
    /// <summary>The function's value.</summary>
    public static abstract double Invoke(double x);
}

/// <summary>A function of two float64, for what has no vector form.</summary>
public interface IScalarBinaryFunction
{
    /// <summary>The function's value.</summary>
    public static abstract double Invoke(double x, double y);
}
