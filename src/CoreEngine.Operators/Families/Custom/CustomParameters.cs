namespace CoreEngine.Operators;

/// <summary>Parameters of <c>Custom</c>: which operator, and what it makes of all other attributes.</summary>
public sealed class CustomParameters : IStatefulParameters
{
    /// <summary>The name under which the operator was registered.</summary>
    public string OperatorType = "";

    /// <summary>All other attributes.</summary>
    public IReadOnlyDictionary<string, string> Others = new Dictionary<string, string>();

    private CustomOperatorFactory? _create;
    private ICustomOperator? _operator;

    /// <summary>The operator, made at first use.</summary>
    /// <exception cref="AttributeException">There is none of this name.</exception>
    public ICustomOperator Operator => _operator ??= Create();

    private ICustomOperator Create() => (_create ??= CustomRegistry.Find(OperatorType))(Others);

    /// <inheritdoc/>
    public IStatefulParameters Anew() =>
        new CustomParameters
        {
            OperatorType = OperatorType,
            Others = Others,
            // What the name meant when the symbol or call was made, it still means.
            _create = _create,
        };

    /// <summary>Ends the operator's own state.</summary>
    public void Dispose() => (_operator as IDisposable)?.Dispose();

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.BareText("op_type", ref OperatorType);
        reader.Others(ref Others);
    }
}
