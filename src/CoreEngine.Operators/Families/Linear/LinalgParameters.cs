namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_linalg_gemm2</c>.</summary>
public class LinalgProductParameters : IParameters
{
    /// <summary>Multiply with the transposed first matrix.</summary>
    public bool TransposeA;

    /// <summary>Multiply with the transposed second matrix.</summary>
    public bool TransposeB;

    /// <summary>Factor of the product.</summary>
    public double Alpha = 1;

    /// <inheritdoc/>
    public virtual void Read(AttributeReader reader)
    {
        reader.Optional("transpose_a", ref TransposeA);
        reader.Optional("transpose_b", ref TransposeB);
        reader.Optional("alpha", ref Alpha);
    }
}

/// <summary>Parameters of <c>_linalg_gemm</c>.</summary>
public sealed class LinalgGemmParameters : LinalgProductParameters
{
    /// <summary>Factor of the matrix that is added.</summary>
    public double Beta = 1;

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        base.Read(reader);
        reader.Optional("beta", ref Beta);
    }
}

/// <summary>Parameters of <c>_linalg_trmm</c> and <c>_linalg_trsm</c>.</summary>
public sealed class LinalgTriangularParameters : IParameters
{
    /// <summary>Use the transposed triangular matrix.</summary>
    public bool Transpose;

    /// <summary>The triangular matrix stands on the right side.</summary>
    public bool Right;

    /// <summary>Factor of the other matrix.</summary>
    public double Alpha = 1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("transpose", ref Transpose);
        reader.Optional("rightside", ref Right);
        reader.Optional("alpha", ref Alpha);
    }
}

/// <summary>Parameters of <c>_linalg_syrk</c>.</summary>
public sealed class LinalgSyrkParameters : IParameters
{
    /// <summary>A^T A instead of A A^T.</summary>
    public bool Transpose;

    /// <summary>Factor of the product.</summary>
    public double Alpha = 1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("transpose", ref Transpose);
        reader.Optional("alpha", ref Alpha);
    }
}

/// <summary>Parameters of the operator that keeps lower triangles.</summary>
internal sealed class LowerTriangleParameters : IParameters
{
    /// <summary>Factor of the elements below the diagonal.</summary>
    public double Below = 1;

    /// <summary>Factor of the diagonal.</summary>
    public double Diagonal = 1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("below", ref Below);
        reader.Optional("diagonal", ref Diagonal);
    }
}
