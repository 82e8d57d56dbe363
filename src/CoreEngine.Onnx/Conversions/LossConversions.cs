namespace CoreEngine.Onnx;

/// <summary>Losses of classifiers.</summary>
internal static class LossConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("NegativeLogLikelihoodLoss", c => c.Set(Loss(c, c.Input(0))));
        table.Add("SoftmaxCrossEntropyLoss", SoftmaxCrossEntropy);
    }

    private static void SoftmaxCrossEntropy(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue likelihood = c.Map("log_softmax", x, ("axis", "1"));
        c.Set(0, Loss(c, likelihood));
        c.Set(1, likelihood);
    }

    /// <summary>
    /// Minus the logarithm of the likelihood of each label, weighted by class; the mean is over the weights that count.
    /// </summary>
    private static OnnxValue Loss(NodeConversion c, OnnxValue likelihood)
    {
        OnnxValue labels = c.Input(1);
        long? ignored = c.OptionalInteger("ignore_index");
        string reduction = c.Text("reduction", "mean");
        OnnxValue places = c.Cast(labels, OnnxElementType.Int64);
        OnnxValue? weights = null;
        if (ignored is not null)
        {
            OnnxValue counts = c.WithScalar("not_equal", places, ignored.Value);
            // Any class will do for a label that does not count, as long as it exists.
            places = c.Multiply(places, counts);
            weights = c.Cast(counts, likelihood.ElementType);
        }

        if (c.OptionalInput(2) is { } classes)
        {
            OnnxValue own = IndexConversions.Take(c, classes, 0, places);
            weights = weights is null ? own : c.Multiply(weights, own);
        }

        OnnxValue picked = c.Call("pick", [likelihood, places], ("axis", "1")).As(likelihood.ElementType, labels.Dims);
        OnnxValue losses = c.Map("negative", picked);
        if (weights is not null)
            losses = c.Multiply(losses, weights);
        int[] axes = [.. Enumerable.Range(0, labels.Rank)];
        switch (reduction)
        {
            case "none":
                return losses;
            case "sum":
                return c.Reduce("sum", losses, axes, keepDims: false);
            case "mean" when weights is null:
                return c.Reduce("mean", losses, axes, keepDims: false);
            case "mean":
                OnnxValue total = c.Reduce("sum", losses, axes, keepDims: false);
                return c.Divide(total, c.Reduce("sum", weights, axes, keepDims: false));
            default:
                throw c.Wrong($"the reduction '{reduction}' is none of mean, sum, none");
        }
    }
}
