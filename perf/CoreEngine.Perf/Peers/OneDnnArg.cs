namespace CoreEngine.Perf;

/// <summary>The roles that a primitive's arguments have; the numbers are oneDNN's (dnnl_types.h, DNNL_ARG_*).</summary>
internal enum OneDnnArg
{
    Source = 1,
    SourceState = 2,
    SourceCell = 3,
    Result = 17,
    ResultState = 18,
    ResultCell = 19,

    /// <summary>Also scale and shift of a normalization, and an LSTM's input weights.</summary>
    Weights = 33,
    RecurrentWeights = 34,
    Bias = 41,
    Mean = 49,
    Variance = 50,
    Workspace = 64,
    SourceGradient = 129,
    ResultGradient = 145,
    WeightsGradient = 161,
    BiasGradient = 169,
}
