namespace CoreEngine.Graphs;

/// <summary>Passes that make a graph cheaper without changing what it computes; each can be left out.</summary>
[Flags]
public enum GraphPasses
{
    /// <summary>The graph is run as it is.</summary>
    None = 0,

    /// <summary><see cref="Graphs.DeadCode"/>: what is not computed for its values. Same bits.</summary>
    DeadCode = 1,

    /// <summary><see cref="Graphs.CommonSubexpressions"/>: equal calls run once. Same bits.</summary>
    CommonSubexpressions = 2,

    /// <summary><see cref="Graphs.BatchNormFolding"/>: for inference with constant parameters. Rounds differently.</summary>
    BatchNormFolding = 4,

    /// <summary><see cref="Graphs.ConvolutionFusion"/>: for inference. Rounds differently.</summary>
    ConvolutionFusion = 8,

    /// <summary><see cref="Graphs.ConstantFolding"/>: what depends on constants alone is computed now. Same bits.</summary>
    ConstantFolding = 16,

    /// <summary><see cref="Graphs.PointwiseFusion"/>: several point-wise calls as one. Same bits.</summary>
    PointwiseFusion = 32,

    /// <summary>The passes after which a graph gives the same bits as before.</summary>
    Exact = DeadCode | CommonSubexpressions | ConstantFolding | PointwiseFusion,

    /// <summary>All of them.</summary>
    All = Exact | BatchNormFolding | ConvolutionFusion,
}
