namespace CoreEngine.Perf;

/// <summary>The algorithms that oneDNN is asked for; the numbers are its own (dnnl_types.h, dnnl_alg_kind_t).</summary>
internal enum OneDnnAlgorithm
{
    None = 0,
    ConvolutionAuto = 3,
    DeconvolutionDirect = 10,
    Relu = 31,
    Tanh = 47,
    GeluErf = 48,
    Elu = 63,
    Square = 79,
    Abs = 95,
    Sqrt = 111,
    SoftRelu = 159,
    Logistic = 175,
    Exp = 191,
    Log = 239,
    PoolingMax = 511,
    PoolingAverage = 767,
    PoolingAverageWithoutPadding = 1023,
    ResponseAcrossChannels = 2815,
    ReductionMax = 196594,
    ReductionMin = 196595,
    ReductionSum = 196596,
    ReductionProduct = 196597,
    ReductionMean = 196598,
    Softmax = 196608,
    LogSoftmax = 196609,
}
