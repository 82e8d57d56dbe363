using System.Globalization;

namespace CoreEngine.Operators.Tests;

/// <summary>All operators that say they are point-wise, with attributes drawn at random where they need some.</summary>
internal static class PointwiseOperators
{
    internal static IEnumerable<string> Names =>
        OperatorRegistry
            .Default.Operators.Where(o => o.Pointwise != Pointwise.Never || o.SelectPointwise is not null)
            .Select(o => o.Name);

    /// <summary>The operator with attributes, for data of a shape.</summary>
    internal static BoundOperator Draw(string name, Shape full, Random random)
    {
        OperatorDef definition = OperatorRegistry.Default[name];
        var attributes = new Dictionary<string, string>();
        switch (name.Replace("_backward_", ""))
        {
            case "clip":
                attributes["a_min"] = "-0.75";
                attributes["a_max"] = "0.5";
                break;
            case "Activation":
                attributes["act_type"] = Pick(random, "relu", "sigmoid", "tanh", "softrelu");
                break;
            case "LeakyReLU":
                attributes["act_type"] = Pick(random, "leaky", "elu");
                break;
            case "Cast":
                attributes["dtype"] = Pick(random, "float32", "float64", "float16", "int32", "int8", "uint8", "int64");
                break;
            case "broadcast_to":
                attributes["shape"] = full.ToString();
                break;
            case "add_n":
                attributes["num_args"] = Pick(random, "1", "2", "3", "5");
                break;
            default:
                if (definition.NewParameters?.Invoke() is ScalarParameters)
                    attributes["scalar"] = ((random.NextDouble() * 4) - 2).ToString("R", CultureInfo.InvariantCulture);
                break;
        }

        return definition.Bind(attributes);
    }

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
