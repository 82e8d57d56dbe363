namespace CoreEngine.Kernels;

/// <summary>The float64 functions that lanes fall back to: those of <see cref="Math"/>, and <see cref="SpecialMath"/>'s.</summary>
internal static class ScalarFunctions
{
    internal readonly struct Sqrt : IScalarFunction
    {
        public static double Invoke(double x) => Math.Sqrt(x);
    }

    internal readonly struct Exp : IScalarFunction
    {
        public static double Invoke(double x) => Math.Exp(x);
    }

    internal readonly struct Exp2 : IScalarFunction
    {
        public static double Invoke(double x) => Math.Pow(2, x);
    }

    internal readonly struct Log : IScalarFunction
    {
        public static double Invoke(double x) => Math.Log(x);
    }

    internal readonly struct Log2 : IScalarFunction
    {
        public static double Invoke(double x) => Math.Log2(x);
    }

    internal readonly struct Log10 : IScalarFunction
    {
        public static double Invoke(double x) => Math.Log10(x);
    }

    internal readonly struct Tanh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Tanh(x);
    }

    internal readonly struct Sin : IScalarFunction
    {
        public static double Invoke(double x) => Math.Sin(x);
    }

    internal readonly struct Cos : IScalarFunction
    {
        public static double Invoke(double x) => Math.Cos(x);
    }

    internal readonly struct Tan : IScalarFunction
    {
        public static double Invoke(double x) => Math.Tan(x);
    }

    internal readonly struct Asin : IScalarFunction
    {
        public static double Invoke(double x) => Math.Asin(x);
    }

    internal readonly struct Acos : IScalarFunction
    {
        public static double Invoke(double x) => Math.Acos(x);
    }

    internal readonly struct Atan : IScalarFunction
    {
        public static double Invoke(double x) => Math.Atan(x);
    }

    internal readonly struct Sinh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Sinh(x);
    }

    internal readonly struct Cosh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Cosh(x);
    }

    internal readonly struct Asinh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Asinh(x);
    }

    internal readonly struct Acosh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Acosh(x);
    }

    internal readonly struct Atanh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Atanh(x);
    }

    internal readonly struct Cbrt : IScalarFunction
    {
        public static double Invoke(double x) => Math.Cbrt(x);
    }

    internal readonly struct Expm1 : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Expm1(x);
    }

    internal readonly struct Log1p : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Log1p(x);
    }

    internal readonly struct Erf : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Erf(x);
    }

    internal readonly struct Erfc : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Erfc(x);
    }

    internal readonly struct Gamma : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Gamma(x);
    }

    internal readonly struct LogGamma : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.LogGamma(x);
    }

    internal readonly struct Digamma : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Digamma(x);
    }

    internal readonly struct Trigamma : IScalarFunction
    {
        public static double Invoke(double x) => SpecialMath.Trigamma(x);
    }

    internal readonly struct Pow : IScalarBinaryFunction
    {
        public static double Invoke(double x, double y) => Math.Pow(x, y);
    }

    internal readonly struct Atan2 : IScalarBinaryFunction
    {
        public static double Invoke(double x, double y) => Math.Atan2(x, y);
    }

    internal readonly struct Fmod : IScalarBinaryFunction
    {
        public static double Invoke(double x, double y) => x % y;
    }
}
