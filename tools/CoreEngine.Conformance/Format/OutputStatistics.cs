namespace CoreEngine.Conformance;

/// <summary>What is recorded of a random output: enough to tell a wrong distribution.</summary>
/// <param name="Dtype">Element type.</param>
/// <param name="Shape">Shape.</param>
/// <param name="Samples">Number of draws behind each mean.</param>
/// <param name="Mean">One mean per entry of the operator's parameter arrays; one in all when there are none.</param>
/// <param name="Var">The variances that go with the means.</param>
/// <param name="MeanTol">Allowed absolute deviation of each mean, about six standard errors.</param>
/// <param name="VarTol">Allowed absolute deviation of each variance.</param>
/// <param name="Min">Smallest recorded value.</param>
/// <param name="Max">Largest recorded value.</param>
/// <param name="ZeroFraction">Share of zeros, for Dropout.</param>
public sealed record OutputStatistics(
    DType Dtype,
    long[] Shape,
    long Samples,
    double[]? Mean,
    double[]? Var,
    double[]? MeanTol,
    double[]? VarTol,
    double? Min,
    double? Max,
    double? ZeroFraction
);
