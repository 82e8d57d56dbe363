using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>One call of a kernel in a compiled graph.</summary>
internal readonly struct CompiledStep
{
    /// <summary>The operator with its attributes.</summary>
    internal required BoundOperator Operator { get; init; }

    /// <summary>Its kernel.</summary>
    internal required KernelFunction Kernel { get; init; }

    /// <summary>The node that the call stands for, for messages.</summary>
    internal required Node Node { get; init; }

    /// <summary>Where its arguments start among the graph's views: inputs, then outputs.</summary>
    internal required int FirstView { get; init; }

    internal required int InputCount { get; init; }

    internal required int OutputCount { get; init; }

    /// <summary>Where what to do with its outputs starts.</summary>
    internal required int FirstRequest { get; init; }

    /// <summary>Which of the streams that a run draws is this step's, when the operator is random.</summary>
    internal required int Random { get; init; }

    /// <summary>Elements of its largest argument.</summary>
    internal required long MostElements { get; init; }

    internal bool IsQuick => MostElements <= Operator.Definition.QuickElements;
}
