namespace CoreEngine.Operators;

/// <summary>Parameters of <c>Custom</c>: which operator, and what it makes of all other attributes.</summary>
public sealed class CustomParameters : IParameters
{
    /// <summary>The name under which the operator was registered.</summary>
    public string OperatorType = "";

    /// <summary>All other attributes.</summary>
    public IReadOnlyDictionary<string, string> Others = new Dictionary<string, string>();

    private ICustomOperator? _operator;

    /// <summary>The operator, made at first use.</summary>
    /// <exception cref="AttributeException">There is none of this name.</exception>
    internal ICustomOperator Operator => _operator ??= CustomRegistry.Create(OperatorType, Others);

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.BareText("op_type", ref OperatorType);
        reader.Others(ref Others);
    }
}
