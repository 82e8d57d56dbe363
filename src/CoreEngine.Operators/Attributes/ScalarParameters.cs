namespace CoreEngine.Operators;

/// <summary>The one parameter of the operators between an array and a number.</summary>
public sealed class ScalarParameters : IParameters
{
    /// <summary>The number.</summary>
    public double Scalar;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Scalar("scalar", ref Scalar);
}
