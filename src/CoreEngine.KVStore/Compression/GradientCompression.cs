using System.Globalization;

namespace CoreEngine.KVStore;

/// <summary>
/// How a store makes pushed gradients small: each element becomes -threshold, 0 or threshold, which takes two bits. What
/// is left over is kept where the gradient came from, and added to its next one, so that in the long run nothing is lost
/// (Seide et al., "1-bit stochastic gradient descent", 2014; Strom, "Scalable distributed DNN training", 2015).
/// </summary>
public sealed class GradientCompression
{
    private const string TwoBit = "2bit";

    /// <summary>Two bits for each element.</summary>
    /// <param name="threshold">The size of a step: about the largest gradients that are common.</param>
    /// <exception cref="KeyValueStoreException">The threshold is not a positive number.</exception>
    public GradientCompression(float threshold = 0.5f)
    {
        if (!(threshold > 0) || !float.IsFinite(threshold))
        {
            throw new KeyValueStoreException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Gradient compression: the threshold is {threshold}; it must be a positive number."
                )
            );
        }

        Threshold = threshold;
    }

    /// <summary>What elements are rounded to, with their sign.</summary>
    public float Threshold { get; }

    /// <summary>The settings in MXNet's texts: <c>type</c>, which is <c>2bit</c>, and <c>threshold</c>, 0.5 when left out.</summary>
    /// <exception cref="KeyValueStoreException">A setting is missing, unknown or out of range.</exception>
    public static GradientCompression Parse(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.TryGetValue("type", out string? type) || type != TwoBit)
        {
            throw new KeyValueStoreException(
                $"Gradient compression: the type is {(type is null ? "missing" : $"'{type}'")}; there is '{TwoBit}'."
            );
        }

        foreach (string name in settings.Keys)
        {
            if (name is not ("type" or "threshold"))
            {
                throw new KeyValueStoreException(
                    $"Gradient compression: '{name}' is no setting; there are type and threshold."
                );
            }
        }

        if (!settings.TryGetValue("threshold", out string? text))
            return new GradientCompression();
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float threshold)
            ? new GradientCompression(threshold)
            : throw new KeyValueStoreException($"Gradient compression: the threshold '{text}' is no number.");
    }
}
