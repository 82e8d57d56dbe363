using System.Diagnostics.CodeAnalysis;

namespace CoreEngine.Onnx;

/// <summary>How each ONNX operator is computed here.</summary>
internal sealed class ConversionTable
{
    private readonly Dictionary<string, Action<NodeConversion>> _conversions = new(StringComparer.Ordinal);

    private ConversionTable()
    {
        UnaryConversions.Register(this);
        BinaryConversions.Register(this);
        ReductionConversions.Register(this);
        ShapeConversions.Register(this);
        Padding.Register(this);
        ConvolutionConversions.Register(this);
        PoolingConversions.Register(this);
        LinearConversions.Register(this);
        NormalizationConversions.Register(this);
        IndexConversions.Register(this);
        LossConversions.Register(this);
        ResizeConversions.Register(this);
        QuantizationConversions.Register(this);
        RecurrentConversions.Register(this);
        SamplingConversions.Register(this);
        ControlFlowConversions.Register(this);
        SequenceConversions.Register(this);
        EinsumConversion.Register(this);
        SignalConversions.Register(this);
        TrainingConversions.Register(this);
    }

    /// <summary>All conversions there are.</summary>
    public static ConversionTable Default { get; } = new();

    /// <summary>The names of the operators; those that are not ONNX's own with their domain in front.</summary>
    public IEnumerable<string> Operators => _conversions.Keys;

    /// <summary>States how an operator is computed.</summary>
    public void Add(string name, Action<NodeConversion> convert) => _conversions.Add(name, convert);

    public bool TryGet(string name, [NotNullWhen(true)] out Action<NodeConversion>? convert) =>
        _conversions.TryGetValue(name, out convert);
}
