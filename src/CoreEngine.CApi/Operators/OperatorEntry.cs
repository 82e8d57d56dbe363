using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>An operator as C sees it: its handle, and its description in memory that stays.</summary>
internal sealed unsafe class OperatorEntry(OperatorDef definition)
{
    private readonly Lazy<OperatorDescription> _description = new(() => new OperatorDescription(definition));

    /// <summary>The operator.</summary>
    internal OperatorDef Definition { get; } = definition;

    /// <summary>Its handle.</summary>
    internal nint Handle { get; set; }

    /// <summary>Its description.</summary>
    internal OperatorDescription Description => _description.Value;
}
