namespace CoreEngine.Files;

/// <summary>How an array stands in MXNet's array files. Every version is read; MXNet 1.0 writes <see cref="V2"/>.</summary>
public enum NDArrayFileVersion
{
    /// <summary>The oldest: dense arrays with extents of 32 bits.</summary>
    V0,

    /// <summary>Dense arrays with extents of 64 bits.</summary>
    V1,

    /// <summary>Dense and sparse arrays; what MXNet writes since it has sparse ones.</summary>
    V2,

    /// <summary>
    /// Dense arrays with NumPy's shapes, where an extent of 0 is one; MXNet 1.6 and later write it when told to, and
    /// MXNet 1.0 cannot read it.
    /// </summary>
    V3,
}
