namespace CoreEngine.Kernels;

/// <summary>A distribution that numbers are drawn from one by one, each with a generator of its own.</summary>
public interface IDistribution
{
    /// <summary>Draws a number.</summary>
    public double Sample(ref Philox random);
}

/// <summary>The gamma distribution.</summary>
/// <param name="Shape">Its shape (alpha), finite; 0 is the limit where all are 0, below it NaN.</param>
/// <param name="Scale">Its scale (beta): the mean is shape times scale.</param>
/// <remarks>Marsaglia, Tsang: A simple method for generating gamma variables (2000).</remarks>
public readonly record struct GammaDistribution(double Shape, double Scale) : IDistribution
{
    // Shapes below 1 are drawn one higher and scaled down.
    private readonly double _d = (Shape < 1 ? Shape + 1 : Shape) - (1.0 / 3);
    private readonly double _c = 1 / Math.Sqrt(9 * ((Shape < 1 ? Shape + 1 : Shape) - (1.0 / 3)));

    /// <inheritdoc/>
    public double Sample(ref Philox random)
    {
        if (Shape == 0)
            return 0;
        if (!(Shape > 0) || double.IsInfinity(Shape))
            return double.NaN;

        double boost = Shape < 1 ? Math.Pow(1 - random.NextDouble(), 1 / Shape) : 1;
        while (true)
        {
            double x = random.NextNormal();
            double v = 1 + (_c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            double u = 1 - random.NextDouble();
            // A bound that needs no logarithm holds nearly always.
            double square = x * x;
            if (u < 1 - (0.0331 * square * square))
                return _d * v * boost * Scale;
            if (Math.Log(u) < (0.5 * x * x) + (_d * (1 - v + Math.Log(v))))
                return _d * v * boost * Scale;
        }
    }
}

/// <summary>The Poisson distribution.</summary>
/// <param name="Mean">Its mean (lambda).</param>
/// <remarks>Small means by inversion, one number for each draw; large ones by Hörmann's transformed rejection PTRS (The transformed rejection method, 1993).</remarks>
public readonly record struct PoissonDistribution(double Mean) : IDistribution
{
    private readonly double _probabilityOfNone = Math.Exp(-Mean);

    /// <inheritdoc/>
    public double Sample(ref Philox random)
    {
        if (!(Mean >= 0) || double.IsInfinity(Mean))
            return double.NaN;
        return Mean < 10 ? Count(ref random) : Reject(ref random);
    }

    private double Count(ref Philox random)
    {
        // Sums of probabilities stop growing, from rounding, long before this.
        const int Most = 100;
        double left = random.NextDouble();
        double probability = _probabilityOfNone;
        int count = 0;
        while (left >= probability && count < Most)
        {
            left -= probability;
            count++;
            probability *= Mean / count;
        }

        return count;
    }

    private double Reject(ref Philox random)
    {
        double logMean = Math.Log(Mean);
        double b = 0.931 + (2.53 * Math.Sqrt(Mean));
        double a = -0.059 + (0.02483 * b);
        double inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
        double accept = 0.9277 - (3.6224 / (b - 2));
        while (true)
        {
            double u = random.NextDouble() - 0.5;
            double v = 1 - random.NextDouble();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2 * a / us) + b) * u) + Mean + 0.43);
            if (us >= 0.07 && v <= accept)
                return k;
            if (k < 0 || (us < 0.013 && v > us))
                continue;
            double bound = (k * logMean) - Mean - SpecialMath.LogGamma(k + 1);
            if (Math.Log(v * inverseAlpha / ((a / (us * us)) + b)) <= bound)
                return k;
        }
    }
}

/// <summary>The number of failures before a number of successes.</summary>
/// <param name="Successes">The number of successes (k); it may be broken.</param>
/// <param name="Probability">The probability (p) of a success.</param>
public readonly record struct NegativeBinomialDistribution(double Successes, double Probability) : IDistribution
{
    /// <inheritdoc/>
    public double Sample(ref Philox random)
    {
        double mean = new GammaDistribution(Successes, (1 - Probability) / Probability).Sample(ref random);
        return new PoissonDistribution(mean).Sample(ref random);
    }
}

/// <summary>The negative binomial distribution by mean and dispersion.</summary>
/// <param name="Mean">Its mean (mu).</param>
/// <param name="Dispersion">Its dispersion (alpha): the variance is mu + alpha mu²; 0 makes it Poisson's.</param>
public readonly record struct GeneralizedNegativeBinomialDistribution(double Mean, double Dispersion) : IDistribution
{
    /// <inheritdoc/>
    public double Sample(ref Philox random)
    {
        double mean =
            Dispersion == 0 ? Mean : new GammaDistribution(1 / Dispersion, Dispersion * Mean).Sample(ref random);
        return new PoissonDistribution(mean).Sample(ref random);
    }
}
