namespace CoreEngine.Conformance;

/// <summary>How a case ended.</summary>
public enum CaseStatus
{
    /// <summary>The engine did what was recorded.</summary>
    Passed,

    /// <summary>The engine did something else.</summary>
    Failed,

    /// <summary>The engine does not have the operator or the feature; counted as skipped.</summary>
    Unsupported,
}
