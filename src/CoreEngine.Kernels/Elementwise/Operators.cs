namespace CoreEngine.Kernels;

/// <summary>An element-wise function of one array, written once for every width and element type.</summary>
/// <example><code>
/// readonly struct SoftSign : IUnaryOp
/// {
///     public static V Invoke&lt;V&gt;(V x) where V : struct, ISimd&lt;V&gt; => x / (V.One + V.Abs(x));
/// }
/// </code></example>
public interface IUnaryOp
{
    /// <summary>
    /// Whether integer arrays are computed in their own type, wrapping (negation, square), or, as most functions want it,
    /// in float64 whose result is truncated.
    /// </summary>
    public static virtual bool KeepsIntegers => false;

    /// <summary>
    /// Whether the body is one or a few instructions, so that memory is what limits it: its loop is then unrolled, and large
    /// results are written past the caches. A longer body must not say so, for it would no longer be inlined.
    /// </summary>
    public static virtual bool IsLight => false;

    /// <summary>The function of each lane.</summary>
    public static abstract V Invoke<V>(V x)
        where V : struct, ISimd<V>;
}

/// <summary>An element-wise function of two arrays, or of an array and a number.</summary>
public interface IBinaryOp
{
    /// <inheritdoc cref="IUnaryOp.KeepsIntegers"/>
    public static virtual bool KeepsIntegers => false;

    /// <inheritdoc cref="IUnaryOp.IsLight"/>
    public static virtual bool IsLight => false;

    /// <summary>The function of each lane.</summary>
    public static abstract V Invoke<V>(V x, V y)
        where V : struct, ISimd<V>;
}

/// <summary>An element-wise function of three arrays.</summary>
public interface ITernaryOp
{
    /// <inheritdoc cref="IUnaryOp.KeepsIntegers"/>
    public static virtual bool KeepsIntegers => false;

    /// <inheritdoc cref="IUnaryOp.IsLight"/>
    public static virtual bool IsLight => false;

    /// <summary>The function of each lane.</summary>
    public static abstract V Invoke<V>(V x, V y, V z)
        where V : struct, ISimd<V>;
}

/// <summary>
/// An element-wise function of one array with parameters of its own (bounds, slopes, rates), which are its fields.
/// </summary>
public interface IUnaryBody
{
    /// <inheritdoc cref="IUnaryOp.KeepsIntegers"/>
    public static virtual bool KeepsIntegers => false;

    /// <inheritdoc cref="IUnaryOp.IsLight"/>
    public static virtual bool IsLight => false;

    /// <summary>The function of each lane.</summary>
    public V Invoke<V>(V x)
        where V : struct, ISimd<V>;
}

/// <summary>
/// An element-wise function of two arrays with parameters of its own (bounds, slopes, rates), which are its fields.
/// </summary>
public interface IBinaryBody
{
    /// <inheritdoc cref="IUnaryOp.KeepsIntegers"/>
    public static virtual bool KeepsIntegers => false;

    /// <inheritdoc cref="IUnaryOp.IsLight"/>
    public static virtual bool IsLight => false;

    /// <summary>The function of each lane.</summary>
    public V Invoke<V>(V x, V y)
        where V : struct, ISimd<V>;
}
