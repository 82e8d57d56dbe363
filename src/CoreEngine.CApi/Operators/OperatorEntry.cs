using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>An operator as C sees it: its handle, its description in memory that stays, and calls seen lately.</summary>
internal sealed unsafe class OperatorEntry(OperatorDef definition)
{
    private readonly Lazy<OperatorDescription> _description = new(() => new OperatorDescription(definition));
    private readonly BoundCalls _calls = new(definition);

    /// <summary>The operator.</summary>
    internal OperatorDef Definition { get; } = definition;

    /// <summary>Its handle.</summary>
    internal nint Handle { get; set; }

    /// <summary>Its description.</summary>
    internal OperatorDescription Description => _description.Value;

    /// <summary>The operator with a call's attributes.</summary>
    /// <param name="inputs">How many inputs the call has; the operators that ask for that number are told.</param>
    /// <param name="count">How many attributes there are.</param>
    /// <param name="keys">Their names.</param>
    /// <param name="values">Their values.</param>
    /// <exception cref="AttributeException">An attribute is missing, unknown or malformed.</exception>
    internal BoundOperator Bind(int inputs, int count, byte** keys, byte** values) =>
        _calls.Find(inputs, count, keys, values);
}
