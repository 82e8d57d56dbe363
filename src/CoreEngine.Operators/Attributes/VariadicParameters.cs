namespace CoreEngine.Operators;

/// <summary>The one parameter of operators that take any number of inputs and need nothing else.</summary>
public sealed class VariadicParameters : IParameters
{
    /// <summary>Number of inputs.</summary>
    public int Count;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Undescribed("num_args", ref Count);
        reader.Check(Count >= 1, "num_args", Count, "at least 1");
    }
}
