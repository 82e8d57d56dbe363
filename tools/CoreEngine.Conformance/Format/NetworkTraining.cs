namespace CoreEngine.Conformance;

/// <summary>Settings of a training with momentum.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Momentum">Momentum.</param>
/// <param name="Wd">Weight decay.</param>
/// <param name="RescaleGrad">Factor of the gradients.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="WdMult">Factor of the weight decay for each parameter.</param>
public sealed record NetworkTraining(
    double LearningRate,
    double Momentum,
    double Wd,
    double RescaleGrad,
    int Steps,
    IReadOnlyDictionary<string, double> WdMult
);
