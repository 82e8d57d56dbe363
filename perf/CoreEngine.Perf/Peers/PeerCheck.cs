namespace CoreEngine.Perf;

/// <summary>Makes sure that both sides of a comparison do the same work.</summary>
internal static unsafe class PeerCheck
{
    /// <summary>Fails when results differ by more than a share of the largest value.</summary>
    /// <param name="what">The case, for the message.</param>
    /// <param name="ours">Our result.</param>
    /// <param name="theirs">The peer's.</param>
    /// <param name="length">Elements of both.</param>
    /// <param name="bound">The share that is allowed.</param>
    /// <exception cref="InvalidOperationException">The results differ: the comparison means nothing.</exception>
    public static void Same<T>(string what, T* ours, T* theirs, long length, double bound)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        double scale = 1e-30;
        double worst = 0;
        long place = 0;
        for (long i = 0; i < length; i++)
        {
            double a = double.CreateChecked(ours[i]);
            double b = double.CreateChecked(theirs[i]);
            scale = Math.Max(scale, Math.Abs(b));
            double difference = Math.Abs(a - b);
            if (!(difference <= worst))
            {
                worst = difference;
                place = i;
                if (double.IsNaN(worst))
                {
                    break;
                }
            }
        }

        if (!(worst <= bound * scale))
        {
            throw new InvalidOperationException(
                $"{what}: ours and the peer's result differ by {worst / scale:0.0e+0} of the largest value, at element "
                    + $"{place}: {ours[place]} and {theirs[place]}. Nothing is compared."
            );
        }
    }
}
