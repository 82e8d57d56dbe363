namespace CoreEngine.Kernels;

/// <summary>
/// How many elements become one. A reducer is written once for every width and element type; the driver fixes the order
/// in which it is applied, which depends on the shape alone.
/// </summary>
/// <remarks>
/// float16 is reduced in float32, integers in int64; the result is then converted to the array's type.
/// </remarks>
public interface IReducer
{
    /// <summary>What has taken in nothing.</summary>
    public static abstract V Start<V>()
        where V : struct, ISimd<V>;

    /// <summary>Takes in elements.</summary>
    public static abstract V Add<V>(V total, V x)
        where V : struct, ISimd<V>;

    /// <summary>Joins two partial results.</summary>
    public static abstract V Merge<V>(V left, V right)
        where V : struct, ISimd<V>;

    /// <summary>Makes the result; <paramref name="count"/> is the number of elements that were reduced.</summary>
    public static abstract V Finish<V>(V total, V count)
        where V : struct, ISimd<V>;
}
