namespace CoreEngine.CApi;

/// <summary>What a predictor's handle stands for.</summary>
internal sealed class PredictorHandle(Predictor predictor)
{
    /// <summary>The predictor.</summary>
    internal Predictor Predictor { get; } = predictor;

    /// <summary>The shape that was asked for last; it stays until the next one.</summary>
    internal ShapeBuffer Shape { get; } = new();
}
