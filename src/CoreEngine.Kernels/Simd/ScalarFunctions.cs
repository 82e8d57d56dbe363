namespace CoreEngine.Kernels;

/// <summary>The float64 functions that lanes fall back to.</summary>
internal static class ScalarFunctions
{
    internal readonly struct Sqrt : IScalarFunction
    {
        public static double Invoke(double x) => Math.Sqrt(x);
    }
}
