namespace CoreEngine.Data;

/// <summary>One way of cutting images with objects: what the part must be like.</summary>
/// <param name="MinScale">Least of the part's scale.</param>
/// <param name="MaxScale">Most of the part's scale.</param>
/// <param name="MinAspect">Least ratio of width to height.</param>
/// <param name="MaxAspect">Most of that ratio.</param>
/// <param name="MinOverlap">Least intersection over union with some object.</param>
/// <param name="MaxOverlap">Most of it.</param>
/// <param name="MinPartCovered">Least share of the part that is object.</param>
/// <param name="MaxPartCovered">Most of it.</param>
/// <param name="MinObjectCovered">Least share of the object that is inside.</param>
/// <param name="MaxObjectCovered">Most of it.</param>
/// <param name="Trials">How often to try.</param>
public sealed record CropSampler(
    float MinScale,
    float MaxScale,
    float MinAspect,
    float MaxAspect,
    float MinOverlap,
    float MaxOverlap,
    float MinPartCovered,
    float MaxPartCovered,
    float MinObjectCovered,
    float MaxObjectCovered,
    long Trials
);
