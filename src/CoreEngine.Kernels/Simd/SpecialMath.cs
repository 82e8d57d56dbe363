namespace CoreEngine.Kernels;

/// <summary>
/// Functions of one float64 that <see cref="Math"/> lacks, with relative errors of a few 1e-16 (absolute near a zero of the
/// digamma function).
/// </summary>
public static class SpecialMath
{
    private const double EulerComplement = 0.42278433509846713939; // 1 - Euler's constant
    private const double HalfLogTwoPi = 0.91893853320467274178;

    // (-1)^k (zeta(k) - 1) / k for k = 2, 3, ...: the Taylor series of the logarithm of gamma at 2 (Abramowitz & Stegun 6.1.33).
    private static ReadOnlySpan<double> LogGammaSeries =>
        [
            0.32246703342411321824,
            -0.067352301053198095133,
            0.020580808427784547879,
            -0.0073855510286739852663,
            0.0028905103307415232858,
            -0.0011927539117032609771,
            0.00050966952474304242234,
            -0.00022315475845357937976,
            0.000099457512781808533715,
            -0.0000449262367381331417,
            0.000020507212775670691553,
            -9.439488275268395904e-6,
            4.3748667899074878042e-6,
            -2.0392157538013662368e-6,
            9.5514121304074198329e-7,
            -4.4924691987645660433e-7,
            2.1207184805554665869e-7,
            -1.0043224823968099609e-7,
            4.7698101693639805658e-8,
            -2.271109460894316491e-8,
            1.0838659214896954091e-8,
            -5.1834750419700466551e-9,
            2.4836745438024783172e-9,
            -1.1921401405860912074e-9,
            5.7313672416788620133e-10,
            -2.7595228851242331452e-10,
            1.3304764374244489481e-10,
        ];

    // B(2k) / (2k (2k - 1)): Stirling's series (Abramowitz & Stegun 6.1.40).
    private static ReadOnlySpan<double> StirlingSeries =>
        [
            0.083333333333333333333,
            -0.0027777777777777777778,
            0.00079365079365079365079,
            -0.0005952380952380952381,
            0.00084175084175084175084,
            -0.0019175269175269175269,
            0.0064102564102564102564,
            -0.02955065359477124183,
        ];

    // B(2k): for the derivatives of Stirling's series.
    private static ReadOnlySpan<double> Bernoulli =>
        [
            0.16666666666666666667,
            -0.033333333333333333333,
            0.023809523809523809524,
            -0.033333333333333333333,
            0.075757575757575757576,
            -0.25311355311355311355,
            1.1666666666666666667,
            -7.0921568627450980392,
        ];

    /// <summary><c>exp(x) - 1</c> without cancellation near 0 (W. Kahan's formula).</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) < 1e-5)
            return x + (x * x * (0.5 + (x / 6)));
        double u = Math.Exp(x);
        double minusOne = u - 1;
        return Math.Abs(x) > 1 ? minusOne : minusOne * x / Math.Log(u);
    }

    /// <summary><c>log(1 + x)</c> without cancellation near 0 (W. Kahan's formula).</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        if (u == 1 || double.IsPositiveInfinity(x))
            return x;
        return u <= 0 ? Math.Log(u) : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>The error function.</summary>
    public static double Erf(double x)
    {
        double magnitude = Math.Abs(x);
        if (magnitude < 2)
            return ErfSeries(x);
        return double.IsNaN(x) ? x : Math.CopySign(1 - ErfcFraction(magnitude), x);
    }

    /// <summary><c>1 - erf(x)</c> without cancellation for large x.</summary>
    public static double Erfc(double x)
    {
        if (x < 1)
            return x <= -2 ? 2 - ErfcFraction(-x) : 1 - ErfSeries(x);
        return double.IsNaN(x) ? x
            : x < 2 ? ErfcFraction(x, 200)
            : ErfcFraction(x);
    }

    // Abramowitz & Stegun 7.1.6: all terms have one sign.
    private static double ErfSeries(double x)
    {
        const double TwoOverSqrtPi = 1.12837916709551257390;
        double square = x * x;
        double term = x;
        double sum = x;
        for (int k = 1; Math.Abs(term) > Math.Abs(sum) * 1e-18; k++)
        {
            term *= 2 * square / ((2 * k) + 1);
            sum += term;
        }

        return TwoOverSqrtPi * Math.Exp(-square) * sum;
    }

    // The continued fraction of Abramowitz & Stegun 7.1.14, from its end; converges fast for x >= 2.
    private static double ErfcFraction(double x, int terms = 60)
    {
        if (x > 27.3)
            return 0;
        const double OneOverSqrtPi = 0.56418958354775628695;
        double fraction = x;
        for (int k = terms; k >= 1; k--)
        {
            fraction = x + (0.5 * k / fraction);
        }

        // exp(-x^2) with the rounding error of the square put back.
        double square = x * x;
        double error = Math.FusedMultiplyAdd(x, x, -square);
        return OneOverSqrtPi * Math.Exp(-square) * (1 - error) / fraction;
    }

    /// <summary>The gamma function. Poles (0 and the negative integers) give NaN, except ±0, which give ±infinity.</summary>
    public static double Gamma(double x)
    {
        if (x == 0)
            return 1 / x;
        if (x < 0.5)
        {
            if (Math.Floor(x) == x)
                return double.NaN;
            if (x < -184)
                return Math.Floor(x) % 2 == 0 ? 0.0 : -0.0;
            if (x > -20)
            {
                double divisor = x;
                double shifted = x + 1;
                for (; shifted < 1.5; shifted++)
                {
                    divisor *= shifted;
                }

                return Gamma(shifted) / divisor;
            }

            // Reflection, with the large factor applied in two steps lest it overflow.
            double sine = double.SinPi(x);
            (double half, double tail) = StirlingFactors(1 - x);
            return Math.PI / sine / half / tail / half;
        }

        if (x > 171.7)
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        if (x > 25)
        {
            (double half, double tail) = StirlingFactors(x);
            return half * tail * half;
        }

        double product = 1;
        while (x > 2.5)
        {
            x -= 1;
            product *= x;
        }

        while (x < 1.5)
        {
            product /= x;
            x += 1;
        }

        return product * Math.Exp(LogGammaAtTwo(x - 2));
    }

    // gamma(x) = half * half * tail, for large x.
    private static (double Half, double Tail) StirlingFactors(double x)
    {
        const double SqrtTwoPi = 2.50662827463100050242;
        return (Math.Pow(x, (x - 0.5) / 2), SqrtTwoPi * Math.Exp(-x) * Math.Exp(StirlingCorrection(x)));
    }

    private static double StirlingCorrection(double x)
    {
        double inverse = 1 / x;
        double square = inverse * inverse;
        double sum = 0;
        for (int k = StirlingSeries.Length - 1; k >= 0; k--)
        {
            sum = (sum * square) + StirlingSeries[k];
        }

        return sum * inverse;
    }

    // log(gamma(2 + z)) for |z| <= 0.5.
    private static double LogGammaAtTwo(double z)
    {
        double sum = 0;
        for (int k = LogGammaSeries.Length - 1; k >= 0; k--)
        {
            sum = (sum * z) + LogGammaSeries[k];
        }

        return z * (EulerComplement + (z * sum));
    }

    /// <summary>The logarithm of the magnitude of the gamma function; infinity at its poles.</summary>
    public static double LogGamma(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (double.IsInfinity(x))
            return double.PositiveInfinity;
        if (x < 0.5)
        {
            if (Math.Floor(x) == x)
                return double.PositiveInfinity;
            if (x > -0.5)
                return LogGamma(x + 1) - Math.Log(Math.Abs(x));

            // Near its zeros the reflected form cancels; a product of few factors does not.
            double sine = Math.Abs(double.SinPi(x));
            return Math.Log(Math.PI / sine) - LogGamma(1 - x);
        }

        if (x < 1.5)
            return LogGammaAtTwo(x - 1) - Log1p(x - 1);
        if (x <= 2.5)
            return LogGammaAtTwo(x - 2);
        if (x < 10)
        {
            double product = 1;
            while (x > 2.5)
            {
                x -= 1;
                product *= x;
            }

            return Math.Log(product) + LogGammaAtTwo(x - 2);
        }

        return x > 1e305 ? x * (Math.Log(x) - 1) : ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + StirlingCorrection(x);
    }

    /// <summary>The derivative of <see cref="LogGamma"/>; NaN at its poles.</summary>
    public static double Digamma(double x)
    {
        if (x <= 0)
        {
            if (Math.Floor(x) == x)
                return double.NaN;
            return Digamma(1 - x) - (Math.PI / double.TanPi(x));
        }

        double sum = 0;
        for (; x < 12; x++)
        {
            sum -= 1 / x;
        }

        double square = 1 / (x * x);
        double series = 0;
        for (int k = Bernoulli.Length - 1; k >= 0; k--)
        {
            series = (series + (Bernoulli[k] / (2 * (k + 1)))) * square;
        }

        return sum + Math.Log(x) - (0.5 / x) - series;
    }

    /// <summary>The derivative of <see cref="Digamma"/>; infinity at its poles.</summary>
    public static double Trigamma(double x)
    {
        if (x <= 0)
        {
            if (Math.Floor(x) == x)
                return double.PositiveInfinity;
            double sine = double.SinPi(x);
            return (Math.PI * Math.PI / (sine * sine)) - Trigamma(1 - x);
        }

        double sum = 0;
        for (; x < 12; x++)
        {
            sum += 1 / (x * x);
        }

        double inverse = 1 / x;
        double square = inverse * inverse;
        double series = 0;
        for (int k = Bernoulli.Length - 1; k >= 0; k--)
        {
            series = (series + Bernoulli[k]) * square;
        }

        return sum + (inverse * (1 + (0.5 * inverse) + series));
    }
}
