using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>A kind of data iterator: its name, what it does, and its parameters.</summary>
public sealed class DataIteratorDef
{
    private readonly Func<IParameters> _newParameters;
    private readonly Func<IParameters, DataIterator> _create;

    internal DataIteratorDef(
        string name,
        string description,
        Func<IParameters> newParameters,
        Func<IParameters, DataIterator> create
    )
    {
        Name = name;
        Description = description;
        _newParameters = newParameters;
        _create = create;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public string Description { get; }

    /// <summary>The parameters in the order in which they are declared.</summary>
    public IReadOnlyList<ParameterInfo> Parameters => ParameterTexts.Describe(_newParameters());

    /// <summary>Makes an iterator; keys that it does not have mean nothing.</summary>
    /// <exception cref="AttributeException">A parameter is missing or malformed.</exception>
    /// <exception cref="EngineException">The data cannot be read.</exception>
    public DataIterator Create(IReadOnlyDictionary<string, string> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IParameters typed = _newParameters();
        ParameterTexts.Read(Name, typed, parameters);
        return _create(typed);
    }
}
